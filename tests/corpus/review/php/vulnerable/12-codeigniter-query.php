<?php
defined('BASEPATH') OR exit('No direct script access allowed');

class Patient_model extends CI_Model
{
    public function __construct()
    {
        parent::__construct();
        $this->load->database();
    }

    public function search($name)
    {
        $query = $this->db->query("SELECT id, name, birth FROM patients WHERE name LIKE '%$name%'");
        return $query->result_array();
    }

    public function get($id)
    {
        return $this->db->get_where('patients', array('id' => $id))->row_array();
    }

    public function remove($id)
    {
        $this->db->where('id', $id)->delete('patients');
    }
}
